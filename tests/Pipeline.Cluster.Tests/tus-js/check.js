'use strict';
// Uploads to a node with tus-js-client and checks what it holds afterwards. One line a check, exit 1 on a failure.
// Usage: node check.js http://127.0.0.1:5080/files/ [KEY]
// Before its last check it prints RESTART and waits for a line on stdin: whoever runs it restarts the node meanwhile.
const crypto = require('crypto');
const readline = require('readline');
const tus = require('tus-js-client');

const [endpoint, key] = process.argv.slice(2);
const headers = key ? { Authorization: `Bearer ${key}` } : {};
const chunkSize = 512 * 1024;
const patienceMs = 120_000;
const lines = readline.createInterface({ input: process.stdin });
let failed = false;

/** Starts an upload; `pauseAfter` bytes held it is aborted and given back unfinished. */
function upload(bytes, { pauseAfter = Infinity, existing = null, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const started = existing || new tus.Upload(bytes, {
      endpoint, headers, chunkSize, retryDelays: [0, 500, 1000, 2000, 4000], storeFingerprintForResuming: false,
      metadata: { filename: 'blå.wav' }, ...options,
    });
    started.options.onError = reject;
    started.options.onSuccess = () => resolve({ upload: started, finished: true });
    started.options.onChunkComplete = (size, accepted) => {
      if (accepted >= pauseAfter) {
        started.abort().then(() => resolve({ upload: started, finished: false, accepted }), reject);
      }
    };
    started.start();
  });
}

const ask = (method, url) => fetch(url, { method, headers: { ...headers, 'Tus-Resumable': '1.0.0' } });

const offsetOf = async (url) => Number((await ask('HEAD', url)).headers.get('upload-offset'));

async function givesBack(url, bytes) {
  const answer = await ask('GET', url);
  demand(answer.status === 200, `GET answers ${answer.status}`);
  demand(Buffer.from(await answer.arrayBuffer()).equals(bytes), 'GET gives other bytes');
}

function demand(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}

async function check(name, run) {
  const late = setTimeout(() => { console.log(`FAILED ${name}: no end after ${patienceMs} ms`); process.exit(1); }, patienceMs);
  try {
    await run();
    console.log(`ok     ${name}`);
  } catch (error) {
    failed = true;
    console.log(`FAILED ${name}: ${error.message}`);
  } finally {
    clearTimeout(late);
  }
}

(async () => {
  const bytes = crypto.randomBytes(3 * chunkSize + 77);
  let url;
  await check('upload', async () => {
    const done = await upload(bytes);
    demand(done.finished, 'it did not finish');
    url = done.upload.url;
  });
  await check('HEAD states the whole length', async () => demand(await offsetOf(url) === bytes.length, 'other offset'));
  await check('GET gives the bytes back', () => givesBack(url, bytes));
  await check('DELETE ends it', async () => {
    const ended = await ask('DELETE', url);
    demand(ended.status === 204, `DELETE answers ${ended.status}`);
    const after = await ask('HEAD', url);
    demand(after.status === 404 || after.status === 410, `HEAD answers ${after.status} afterwards`);
  });
  await check('an empty file is received', async () => {
    const done = await upload(Buffer.alloc(0));
    demand(done.finished, 'it did not finish');
    await givesBack(done.upload.url, Buffer.alloc(0));
  });
  await check('three parallel uploads become one', async () => {
    const whole = crypto.randomBytes(7 * chunkSize + 5);
    const done = await upload(whole, { parallelUploads: 3 });
    await givesBack(done.upload.url, whole);
  });
  await check('a paused upload goes on where it was', async () => {
    const whole = crypto.randomBytes(5 * chunkSize + 3);
    const paused = await upload(whole, { pauseAfter: 2 * chunkSize });
    demand(!paused.finished, 'it was not paused');
    const held = await offsetOf(paused.upload.url);
    demand(held >= 2 * chunkSize && held < whole.length, `${held} bytes are held after the pause`);
    const address = paused.upload.url;
    const done = await upload(whole, { existing: paused.upload });
    demand(done.upload.url === address, 'it began anew');
    await givesBack(address, whole);
  });
  await check('an upload goes on after the node was restarted', async () => {
    const whole = crypto.randomBytes(5 * chunkSize + 1);
    const paused = await upload(whole, { pauseAfter: 2 * chunkSize });
    demand(!paused.finished, 'it was not paused');
    const held = await offsetOf(paused.upload.url);
    console.log('RESTART');
    await new Promise((resolve) => lines.once('line', resolve));
    const after = await offsetOf(paused.upload.url);
    demand(after >= held, `${held} bytes were held before the restart, ${after} after`);
    const address = paused.upload.url;
    const done = await upload(whole, { existing: paused.upload });
    demand(done.upload.url === address, 'it began anew');
    await givesBack(address, whole);
  });
  process.exit(failed ? 1 : 0);
})();
