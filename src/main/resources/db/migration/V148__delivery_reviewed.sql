-- The approved review under which the message is sent; null: it needed none.
ALTER TABLE outbound_delivery ADD COLUMN review_id uuid;
