"""Who acts in a run, each at his own times: subjects, jobs on a schedule, people in working hours."""
