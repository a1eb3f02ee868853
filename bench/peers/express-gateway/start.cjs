/** Starts Express Gateway from a folder of configuration. It says by message when it listens. */
const [folder] = process.argv.slice(2);

require('express-gateway')()
  .load(folder)
  .run()
  .then(
    () => process.send('up'),
    (error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
process.once('SIGTERM', () => process.exit());
