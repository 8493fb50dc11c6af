-- Additive: the way back is to drop the column. A code that an older node makes leaves it as it is.
ALTER TABLE mail_reviewer ADD COLUMN code_shown_to text;
COMMENT ON COLUMN mail_reviewer.code_shown_to IS 'who has seen the code, such as key:<id>; null: made by an earlier version, or no code';
