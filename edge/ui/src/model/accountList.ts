// All accounts that the reader may see, page after page.

import type { Account, Session } from '@ledgercast/client';

const PAGE_SIZE = 1000;

interface AccountPage {
  readonly accounts?: readonly (Partial<Omit<Account, 'balance'>> & { readonly name: string; readonly balance?: string })[];
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

function accountOf({ balance, ...given }: NonNullable<AccountPage['accounts']>[number]): Account {
  const told = balance === undefined ? {} : { balance: BigInt(balance) };
  return { displayName: '', department: '', currency: '', createTime: '', ...given, ...told };
}
