-- How many numbers somebody has revealed today, without reading the whole log.
CREATE INDEX audit_revealed ON audit (merchant_id, at) WHERE action = 'guest.revealed';
