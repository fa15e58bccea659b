-- the host's own migration, in the place where Flyway looks by default
CREATE TABLE host_flyway_order (id VARCHAR(100) PRIMARY KEY);
