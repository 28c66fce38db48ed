// What one core, one GiB, one replica do, straight from the figures.

import { say, table } from './tables.mjs';

const GIB = 2 ** 30;
const MILLION = 1e6;

export function perUnitTable(f) {
  const idle = f['kernel.bytesPerSocket'];
  const rows = [
    ['sockets in a GiB of an edge, one account each', GIB / (f['edge.bytesPerMemberSocket'] + idle), '`edge.bytesPerMemberSocket` + `kernel.bytesPerSocket`'],
    ['sockets in a GiB of an edge, all of one account or all admins', GIB / (f['edge.bytesPerSocket'] + idle), '`edge.bytesPerSocket` + `kernel.bytesPerSocket`'],
    ['transactions in a GiB of its ring', GIB / f['edge.ringBytesPerTransaction'], '`edge.ringBytesPerTransaction`'],
    ['deliveries/s of an edge core, saturated: frames of 100', MILLION / f['edge.cpuUsPerDelivery'], '`edge.cpuUsPerDelivery`'],
    ['deliveries/s of an edge core, each in a frame of its own', MILLION / f['edge.cpuUsPerWrite'], '`edge.cpuUsPerWrite`'],
    ['deliveries/s of an edge core, each to another member', MILLION / f['edge.cpuUsPerMemberDelivery'], '`edge.cpuUsPerMemberDelivery`'],
    ['members that an edge core keeps waiting', MILLION / f['edge.cpuUsPerWaitingSocketSecond'], '`edge.cpuUsPerWaitingSocketSecond`'],
    ['sockets that an edge core opens in a second', MILLION / f['edge.cpuUsPerOpen'], '`edge.cpuUsPerOpen`'],
    ['transfers/s of a PostgreSQL core, one a call', MILLION / f['postgres.cpuUsPerTransferSingle'], '`postgres.cpuUsPerTransferSingle`'],
    ['transfers/s of a PostgreSQL core, in bulk', MILLION / f['postgres.cpuUsPerTransferBulk'], '`postgres.cpuUsPerTransferBulk`'],
    ['transfers/s of a service core, one a call', MILLION / f['service.cpuUsPerTransferSingle'], '`service.cpuUsPerTransferSingle`'],
    ['transfers/s of a service core, in bulk', MILLION / f['service.cpuUsPerTransferBulk'], '`service.cpuUsPerTransferBulk`'],
    ['edges (streams) of a service core, at 100 commits/s', MILLION / (100 * f['service.cpuUsPerMessageAndStream']), '`service.cpuUsPerMessageAndStream`'],
    ['edges (streams) in a Gbit/s of it, at 1,000 transactions/s', 1e9 / (8 * 1000 * f['service.bytesPerTransactionAndStream']), '`service.bytesPerTransactionAndStream`'],
  ];
  return table(['one unit', 'does', 'from'], rows.map(([name, value, from]) => [name, say(value), from]));
}
