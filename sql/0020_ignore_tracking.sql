-- Of events that tell where its patients are or who treats them only the visit is taken.

ALTER TABLE nayose.requester ADD COLUMN ignore_tracking bool NOT NULL DEFAULT false;
