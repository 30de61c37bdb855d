// Runs before `npm start` and `npm test`, in a syntax that every old Node reads.
var required = [20, 19];
var running = process.versions.node.split('.').map(Number);
if (running[0] < required[0] || (running[0] === required[0] && running[1] < required[1])) {
  console.error(
    'f5-lbaas needs Node.js ' +
      required.join('.') +
      ' or newer; this is ' +
      process.versions.node +
      '. Install a current LTS release and try again.',
  );
  process.exit(1);
}
