-- The authserv-id (RFC 8601 section 2.5) that is trusted in mail of this account, while its IMAP host is authserv_host.
ALTER TABLE agent_email_account
  ADD COLUMN authserv_id text,
  ADD COLUMN authserv_host text,
  -- confirmed: learnt, proved and confirmed by a person; set: by a person without proof.
  ADD COLUMN authserv_source text,
  ADD COLUMN authserv_at timestamptz;
COMMENT ON COLUMN agent_email_account.authserv_id IS 'null: the gateway trusts no Authentication-Results but those that its providers or settings name';
