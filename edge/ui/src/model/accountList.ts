// Loads all accounts that the reader may see, page by page.

import type { Account, Session } from '@ledgercast/client';

const PAGE_SIZE = 1000;

// An account in canonical JSON: zero values are left out, and 64-bit integers are strings.
interface AccountJson extends Partial<Omit<Account, 'name' | 'balance' | 'minimumBalance'>> {
  readonly name: string;
  readonly balance?: string;
  readonly minimumBalance?: string;
}

interface AccountPage {
  readonly accounts?: readonly AccountJson[];
  readonly nextPageToken?: string;
}

export async function* listAccounts(session: Session): AsyncGenerator<Account[]> {
  let pageToken = '';
  do {
    const query = new URLSearchParams({ pageSize: String(PAGE_SIZE), ...(pageToken !== '' && { pageToken }) });
    const headers = { authorization: `Bearer ${await session.token()}` };
    const response = await fetch(`/v1/accounts?${query}`, { headers, cache: 'no-store', credentials: 'omit' });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    const page = (await response.json()) as AccountPage;
    yield (page.accounts ?? []).map(accountOf);
    pageToken = page.nextPageToken ?? '';
  } while (pageToken !== '');
}

function accountOf({ balance, minimumBalance, ...given }: AccountJson): Account {
  return {
    displayName: '',
    department: '',
    currency: '',
    createTime: '',
    noMinimum: false,
    ...given,
    ...(balance !== undefined && { balance: BigInt(balance) }),
    ...(minimumBalance !== undefined && { minimumBalance: BigInt(minimumBalance) }),
  };
}
