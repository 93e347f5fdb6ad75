-- Is this job marked as done?
SELECT EXISTS (SELECT 1 FROM jobs_done WHERE id = :job);
