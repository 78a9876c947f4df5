"""Where faces lie: templates and frames, landmarks, flows, masks."""
