-- Which servers the holder of a connect link may name. Additive: the way back is to drop the column.
ALTER TABLE connect_link ADD COLUMN servers text CHECK (servers IN ('discovered', 'any'));
COMMENT ON COLUMN connect_link.servers IS 'null, as older nodes write it: discovered where an address is given, else any';
