/** Loaded before dist/src/main.js: a run that is killed must not leave its processes behind. */
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.channel?.unref();
