'use strict';
// Checks one .tlog-proof of a log of ours with the code by which Sigstore's clients check theirs.
// Usage: node verify-proof.js VKEY PROOF-FILE ENTRY-FILE; exit 0 when it is accepted, 1 when it is not.
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

const dist = path.join(__dirname, 'node_modules', '@sigstore', 'verify', 'dist', 'tlog');
const { verifyCheckpoint } = require(path.join(dist, 'checkpoint.js'));
const { verifyMerkleInclusion } = require(path.join(dist, 'merkle.js'));

const [vkey, proofFile, entryFile] = process.argv.slice(2);
const first = vkey.indexOf('+');
const second = vkey.indexOf('+', first + 1);
const name = vkey.slice(0, first);
const typedKey = Buffer.from(vkey.slice(second + 1), 'base64');
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

const proof = fs.readFileSync(proofFile, 'utf8');
const blank = proof.indexOf('\n\n');
const head = proof.slice(0, blank).split('\n');
const at = head.findIndex((line) => line.startsWith('index '));

const entry = {
  canonicalizedBody: fs.readFileSync(entryFile),
  inclusionProof: {
    logIndex: head[at].slice('index '.length),
    hashes: head.slice(at + 1).map((hash) => Buffer.from(hash, 'base64')),
    checkpoint: { envelope: proof.slice(blank + 2) },
  },
};
const log = {
  logID: crypto.createHash('sha256').update(name + '\n').update(typedKey).digest(),
  baseURL: 'https://' + name,
  publicKey: crypto.createPublicKey({ key: Buffer.concat([spkiPrefix, typedKey.subarray(1)]), format: 'der', type: 'spki' }),
};

try {
  const checkpoint = verifyCheckpoint(entry, [log]);
  verifyMerkleInclusion(entry, checkpoint);
  console.log(`accepted: entry ${entry.inclusionProof.logIndex} of ${checkpoint.logSize}`);
} catch (error) {
  console.log(`refused: ${error.message}`);
  process.exitCode = 1;
}
