import { createReadStream } from 'node:fs';
import pg from 'pg';

/** The rows of a table as COPY reads them, in the order in which they were stored; of everybody's tenant. */
export async function* copyLines(url, name, columns) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(`DECLARE all_rows CURSOR FOR SELECT concat_ws(E'\\t', tenant_id,
      ${columns.map((column) => `coalesce(${column}::text, '\\N')`).join()}) AS line FROM ${name} ORDER BY ctid`);
    for (;;) {
      const { rows: lines } = await client.query('FETCH 10000 FROM all_rows');
      if (!lines.length) return;
      yield `${lines.map(({ line }) => line).join('\n')}\n`;
    }
  } finally {
    await client.end();
  }
}

/** COPY FROM STDIN over the wire, as psql's \copy does it. */
export async function copy(url, text, file) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const done = new Promise((resolve, reject) => {
      const { connection } = client;
      client.query({
        submit: (wire) => wire.query(text),
        handleCopyInResponse: async () => {
          for await (const block of createReadStream(file, { highWaterMark: 1 << 20 }))
            if (!connection.stream.write(copyData(block))) await drained(connection.stream);
          connection.endCopyFrom();
        },
        handleCommandComplete() {},
        handleReadyForQuery: resolve,
        handleError: reject,
        handleRowDescription() {},
        handleDataRow() {},
      });
    });
    await done;
  } finally {
    await client.end();
  }
}

function copyData(block) {
  const head = Buffer.alloc(5);
  head.write('d');
  head.writeInt32BE(block.length + 4, 1);
  return Buffer.concat([head, block]);
}

const drained = (stream) => new Promise((resolve) => stream.once('drain', resolve));
