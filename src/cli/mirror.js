#!/usr/bin/env node
// The sources are TypeScript and run as they are: nothing has to be built to use the command line.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
