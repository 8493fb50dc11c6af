-- Until when the server that delays a mail may be trying it: afterwards the delay is over, whatever became of the mail.
ALTER TABLE bounce ADD COLUMN delayed_until timestamptz;
UPDATE bounce SET delayed_until = created_at + interval '5 days' WHERE action = 'delayed';
