"""The pre-hash strings of the reference program (epcis-event-hash-generator, over pyld) for a document on standard input."""

import json
import sys

from epcis_event_hash_generator.hash_generator import derive_prehashes_from_events
from epcis_event_hash_generator.json_to_py import event_list_from_epcis_document_str

events = event_list_from_epcis_document_str(sys.stdin.read())
json.dump(derive_prehashes_from_events(events), sys.stdout)
