/** The two hashes that pgbench has, bit for bit: the same keys come out here as there. */

const FNV_OFFSET_BASIS = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;
const BYTES = 8;

const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

export function hashFnv1a(value: bigint, seed: bigint): bigint {
  let hash = unsigned(FNV_OFFSET_BASIS ^ unsigned(seed));
  let rest = unsigned(value);
  for (let byte = 0; byte < BYTES; byte++) {
    hash = unsigned((hash ^ (rest & 0xffn)) * FNV_PRIME);
    rest >>= 8n;
  }
  return signed(hash);
}

const MURMUR_MULTIPLIER = 0xc6a4a7935bd1e995n;
/** The multiplier times the eight bytes of a value, in 64 bits. */
const MURMUR_LENGTH = 0x35253c9ade8f4ca8n;
const MURMUR_SHIFT = 47n;

export function hashMurmur2(value: bigint, seed: bigint): bigint {
  let hash = unsigned(seed) ^ MURMUR_LENGTH;
  let key = unsigned(unsigned(value) * MURMUR_MULTIPLIER);
  key ^= key >> MURMUR_SHIFT;
  key = unsigned(key * MURMUR_MULTIPLIER);
  hash = unsigned((hash ^ key) * MURMUR_MULTIPLIER);
  hash ^= hash >> MURMUR_SHIFT;
  hash = unsigned(hash * MURMUR_MULTIPLIER);
  hash ^= hash >> MURMUR_SHIFT;
  return signed(hash);
}
