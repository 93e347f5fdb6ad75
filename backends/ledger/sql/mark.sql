-- To mark a job as done a second time changes nothing.
INSERT INTO jobs_done (id) VALUES (:job) ON CONFLICT DO NOTHING;
