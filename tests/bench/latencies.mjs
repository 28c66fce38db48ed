// How long transactions took from their create_time to a reader on the same machine.

function microsecondsOf(time) {
  const [whole, fraction = ''] = time.replace('Z', '').split('.');
  return Date.parse(`${whole}Z`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** Returns the latency of each transaction in the data of a `transactions` frame that arrives now. */
export function latenciesMsOf({ transactions }) {
  const now = performance.timeOrigin + performance.now();
  return transactions.map(({ createTime }) => now - microsecondsOf(createTime) / 1000);
}

/** The value that this share of them does not exceed, as text. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? 'none' : sorted[Math.floor(share * (sorted.length - 1))].toFixed(2);
}
