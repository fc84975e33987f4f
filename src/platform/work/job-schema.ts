import { Client } from 'pg';
import { getConstructionPlans, getMigrationPlans, PgBoss } from 'pg-boss';
import { JOB_QUEUES, JOB_SCHEMA } from './job-queues';

/**
 * Makes the tables of pg-boss and our queues in them as they must be, as the owner's login; the running logins may then use
 * them and change nothing of their shape (docs/adr/0008). One process at a time, as for our own migrations.
 * Throws an Error that says what an administrator has to run when this login may not make the schema.
 */
export async function prepareJobs(adminUrl: string): Promise<void> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`SELECT pg_advisory_lock(hashtext('carillon schema'))`);
    const schema = await findSchema(admin);
    if (schema?.note === WANTED) return;
    if (!schema) await makeSchema(admin);
    await installTables(admin);
    await writeQueues(admin);
    for (const grant of GRANTS) await admin.query(grant);
    await admin.query(`COMMENT ON SCHEMA ${JOB_SCHEMA} IS '${WANTED}'`);
  } finally {
    await admin.end(); // ends the session, and the lock with it
  }
}

/** The library's own version of its tables, as its plans say it. */
const NEWEST = Number(/version\(version\) VALUES \('(\d+)'\)/.exec(getConstructionPlans(JOB_SCHEMA))?.[1]);

/** What the schema's comment says when nothing is left to do; it changes with whatever is made here. */
const WANTED = `pg-boss ${NEWEST}, ${JSON.stringify(JOB_QUEUES)}`;

/** `carillon_app` puts jobs in and sees no more of them than their ids. `carillon_worker` runs them. */
const GRANTS: readonly string[] = [
  `GRANT USAGE ON SCHEMA ${JOB_SCHEMA} TO carillon_app, carillon_worker`,
  `GRANT SELECT ON ${JOB_SCHEMA}.version, ${JOB_SCHEMA}.queue TO carillon_app`,
  `GRANT INSERT, SELECT (id) ON ${JOB_SCHEMA}.job, ${JOB_SCHEMA}.job_common TO carillon_app`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${JOB_SCHEMA} TO carillon_worker`,
];

async function findSchema(admin: Client): Promise<{ note: string | null } | undefined> {
  const { rows } = await admin.query<{ note: string | null }>(
    `SELECT obj_description(oid, 'pg_namespace') AS note FROM pg_namespace WHERE nspname = $1`,
    [JOB_SCHEMA],
  );
  return rows[0];
}

async function makeSchema(admin: Client): Promise<void> {
  try {
    await admin.query(`CREATE SCHEMA ${JOB_SCHEMA}`);
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new Error(
      'The login of DATABASE_URL may not create schemas. Have an administrator run, with its name:\n' +
        `  CREATE SCHEMA ${JOB_SCHEMA} AUTHORIZATION <login>;`,
      { cause: error },
    );
  }
}

async function installTables(admin: Client): Promise<void> {
  const boss = reader(admin);
  if (!(await boss.isInstalled())) {
    await admin.query(getConstructionPlans(JOB_SCHEMA, { createSchema: false }));
    return;
  }
  const version = (await boss.schemaVersion()) ?? 0;
  if (version < NEWEST) await admin.query(getMigrationPlans(JOB_SCHEMA, version));
}

async function writeQueues(admin: Client): Promise<void> {
  const boss = await reader(admin).start();
  try {
    const known = new Set((await boss.getQueues()).map(({ name }) => name));
    for (const [name, { atOnce: _, ...facts }] of Object.entries(JOB_QUEUES)) {
      const options = { ...facts, retryBackoff: true };
      if (known.has(name)) await boss.updateQueue(name, options);
      else await boss.createQueue(name, options);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
}

/** The library over this one connection, without any work of its own. */
function reader(admin: Client): PgBoss {
  return new PgBoss({
    db: { executeSql: (text, values) => admin.query(text, values) },
    schema: JOB_SCHEMA,
    migrate: false,
    supervise: false,
    schedule: false,
  });
}
