import { expose } from 'comlink';
import { startRescuer } from '#app/rescue/start.ts';

expose(startRescuer());
