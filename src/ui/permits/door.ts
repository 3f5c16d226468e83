import { createContext } from 'svelte';
import type { PermitDoor } from '#app/permit-door.ts';

/** The one thing that a page opened by a permit link reaches. */
export const [getPermitDoor, setPermitDoor] = createContext<PermitDoor>();
