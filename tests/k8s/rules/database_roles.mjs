// A program that keeps running signs in to PostgreSQL as a role that can add to the ledger and change nothing in it.
// Only tasks that soon end have the passwords of the owner and the superuser.

const SERVICE = '/usr/bin/ledgercast-transaction-service';
// The role whose password each Secret of `ledgercast secrets create` holds.
const ROLES = {
  'ledgercast-database': 'ledgercast',
  'ledgercast-database-owner': 'ledgercast_owner',
  'ledgercast-database-service': 'ledgercast_service',
};
const OF_THE_SERVICE = 'ledgercast-database-service';

function secretsOf({ pod }, container) {
  const volumes = new Map((pod.volumes ?? []).map(({ name, secret }) => [name, secret?.secretName]));
  return (container.volumeMounts ?? []).map(({ name, mountPath }) => ({ mountPath, secret: volumes.get(name) })).filter(({ secret }) => secret in ROLES);
}

const userIn = ({ LEDGERCAST_DATABASE: database = '' }) => /\buser=(\S+)/.exec(database)?.[1];
const isMigrate = ({ command = [] }) => command[0] === SERVICE && command[1] === 'migrate';

export function* check(inventory) {
  for (const { workload, container, settings, isInit } of inventory.containers()) {
    if (!container.image.startsWith('ledgercast/')) continue;
    yield* ofPassword(workload, container, settings);
    if (!workload.runsOn || isInit) continue;
    for (const { secret } of secretsOf(workload, container).filter((each) => each.secret !== OF_THE_SERVICE)) {
      yield [workload.object, `container ${container.name} runs on and is given the password of ${ROLES[secret]}, which may change the ledger: mount ${OF_THE_SERVICE}`];
    }
    if (container.command?.[0] === SERVICE) yield* ofService(workload, settings);
  }
}

/** Checks that each program uses the password of the role that it names. */
function* ofPassword(workload, container, settings) {
  const path = settings.LEDGERCAST_DATABASE_PASSWORD_FILE;
  if (path === undefined) return;
  const found = secretsOf(workload, container).find(({ mountPath }) => path.startsWith(`${mountPath}/`));
  const user = userIn(settings);
  if (found && ROLES[found.secret] !== user) {
    yield [workload.object, `container ${container.name} signs in as ${user} with the password of ${ROLES[found.secret]}, which Secret ${found.secret} holds: correct one of them`];
  }
}

function* ofService({ object, pod }, settings) {
  if (settings.LEDGERCAST_MIGRATE !== 'false') yield [object, 'changes the tables by itself, which its role may not: set LEDGERCAST_MIGRATE to false'];
  const user = userIn(settings);
  const migrates = (pod.initContainers ?? []).find(isMigrate);
  if (migrates === undefined) yield [object, 'nobody brings its tables up to date before it starts: add initContainer migrate'];
  else if (!migrates.command.includes(`--runtime-role=${user}`)) yield [object, `initContainer migrate does not grant ${user} what the service needs: correct --runtime-role`];
}
