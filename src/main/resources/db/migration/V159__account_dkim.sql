-- Whether the provider of an account signs List-Unsubscribe and List-Unsubscribe-Post (DKIM), as its last test mail showed.
-- Holds for the server and login that the test mail left by.
CREATE TABLE account_dkim (
  account_id         uuid PRIMARY KEY REFERENCES agent_email_account ON DELETE CASCADE,
  test_mail_id       uuid NOT NULL,
  covers_unsubscribe boolean NOT NULL,
  smtp_host          text,
  smtp_username      text,
  observed_at        timestamptz NOT NULL
);
