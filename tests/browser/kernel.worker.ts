import { run, type ToRun } from '../kernel/run.ts';

self.onmessage = ({ data }: MessageEvent<ToRun>) => self.postMessage(run(data));
self.postMessage('ready');
