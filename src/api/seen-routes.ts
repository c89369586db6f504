import { COMMAND, LOOK } from './roles.ts';
import { JSON_TYPE, to, type Route } from './route.ts';

/** What readers and cameras saw: tags with the chips they are bound to (control rule R9), pictures. */
export const SEEN_ROUTES = {
  tags: {
    method: 'GET',
    path: '/api/v1/tags',
    access: to(LOOK),
    summary: 'How many tags are known, of how many the chip, and which bindings wait for a second person',
    status: 200,
    answer: { [JSON_TYPE]: 'Tags' },
  },
  bindTag: {
    method: 'POST',
    path: '/api/v1/tags/{id}/binding',
    access: to(COMMAND),
    summary:
      'Say which chip a tag belongs to, because its label was replaced; it is so when a second person says the same within a day',
    verb: 'bind-tag',
    body: 'TagBinding',
    status: 204,
    answer: {},
  },
  pictures: {
    method: 'GET',
    path: '/api/v1/pictures',
    access: to(LOOK),
    summary: 'The last pictures of the cameras, newest first, each with the alarm that asked for it',
    status: 200,
    answer: { [JSON_TYPE]: 'Pictures' },
  },
  picture: {
    method: 'GET',
    path: '/api/v1/pictures/{sha256}',
    access: to(LOOK),
    summary: 'One picture, its bytes exactly as the camera gave them and as its hash on record says',
    status: 200,
    answer: { 'image/jpeg': null },
  },
} as const satisfies Record<string, Route>;
