import { expose } from 'comlink';
import { startTab } from '#app/start-tab.ts';

expose(startTab());
