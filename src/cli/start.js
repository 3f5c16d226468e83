// Plain JavaScript: `npm start` in a fresh clone installs, builds and serves.
import { installMissing, run } from './prepare.js';

installMissing();
run('npm', ['run', '--silent', 'build']);
run('node', ['--import', 'tsx', 'src/cli/serve.ts', ...process.argv.slice(2)]);
