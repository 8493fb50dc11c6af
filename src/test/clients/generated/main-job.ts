// The main job through a client that openapi-typescript made: connects a mailbox, sends twice with one id, hears of
// it by events, and reads the reply that the peer writes.
//
//   node main-job.js '{"url", "key", "address", "smtp", "imap", "peerAddress", "id"}'
//
// Prints {"first", "second", "same", "conversation", "reply", "refused", "fields"}.
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

declare const process: { argv: string[] };

type Schemas = components['schemas'];

interface Job {
  url: string;
  key: string;
  address: string;
  smtp: Schemas['SmtpRequest'];
  imap: Schemas['ImapRequest'];
  peerAddress: string;
  id: string;
}

const job = JSON.parse(process.argv[2]!) as Job;
const api = createClient<paths>({
  baseUrl: job.url,
  headers: { Authorization: `Bearer ${job.key}` }
});

/** The answer, or the code of the refusal as an error. */
function done<T>(answer: { data?: T; error?: Schemas['Problem'] }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.error?.code}: ${answer.error?.detail}`);
  }
  return answer.data;
}

async function connect(): Promise<string> {
  const agent = done(
    await api.POST('/api/v1/agents', {
      body: { name: job.address, contactPolicy: { inbound: 'open', outbound: 'open' } }
    })
  );
  const account = done(
    await api.POST('/api/v1/accounts', {
      body: { agent: agent.id, address: job.address, smtp: job.smtp, imap: job.imap }
    })
  );
  const path = { path: { id: account.id } };
  for (const test of [
    done(await api.POST('/api/v1/accounts/{id}/test-smtp', { params: path })),
    done(await api.POST('/api/v1/accounts/{id}/test-imap', { params: path }))
  ]) {
    if (!test.ok) {
      throw new Error(JSON.stringify(test));
    }
  }
  done(
    await api.PATCH('/api/v1/accounts/{id}', {
      params: path,
      body: { outboundEnabled: true, inboundEnabled: true }
    })
  );
  return account.id;
}

/** The first event of the type that fits; waited for at most a minute. */
async function event(
  type: Schemas['Event']['type'],
  fits: (event: Schemas['Event']) => boolean | Promise<boolean>
): Promise<Schemas['Event']> {
  let after = '0';
  for (let tries = 0; tries < 60; tries++) {
    const page = done(
      await api.GET('/api/v1/events', { params: { query: { after, wait: '1s', type: [type] } } })
    );
    if (!('items' in page)) {
      throw new Error('CloudEvents, which nobody asked for');
    }
    for (const one of page.items) {
      if (await fits(one)) {
        return one;
      }
    }
    after = page.next ?? after;
  }
  throw new Error(`no event ${type}`);
}

async function read(id: string): Promise<Schemas['Message']> {
  return done(await api.GET('/api/v1/messages/{id}', { params: { path: { id } } }));
}

const account = await connect();

const submission: Schemas['Submission'] = {
  id: job.id,
  from: job.address,
  to: [job.peerAddress],
  subject: `Question ${job.id}`,
  body: 'Is it so?'
};
const first = await api.POST('/api/v1/messages', { body: submission });
const second = await api.POST('/api/v1/messages', { body: submission });
await event('message.sent', (one) => one.data.submissionId === job.id);

const question = await event('message.received', async (one) => {
  const found = await read(one.messageId!);
  return found.type === 'inbound_message' && found.subject === submission.subject && found.account !== account;
});
done(
  await api.POST('/api/v1/messages', {
    body: {
      id: `${job.id}-reply`,
      from: job.peerAddress,
      to: job.address,
      subject: `Re: ${submission.subject}`,
      body: 'It is so.',
      inReplyTo: question.messageId
    }
  })
);
const answered = await event('message.received', (one) => one.accountId === account);
const reply = await read(answered.messageId!);
const sent = await read(done(first).messageId);
if (reply.type !== 'inbound_message' || sent.type !== 'outbound_message') {
  throw new Error(`unexpected types ${reply.type} and ${sent.type}`);
}
const refused = await api.POST('/api/v1/messages', { body: { from: job.address, subject: 'nobody' } });

console.log(
  JSON.stringify({
    first: first.response.status,
    second: second.response.status,
    same: done(first).messageId === done(second).messageId,
    conversation: reply.conversationId === sent.conversationId,
    reply: reply.text,
    refused: refused.error?.code,
    fields: refused.error?.errors?.map((one) => one.field)
  })
);
