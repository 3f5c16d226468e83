export { crc32 } from '#base/crc32.ts';
