package dev.banger.core.doctor;

import dev.banger.core.doctor.DoctorCheck.Status;

/** What one check found. */
public record Finding(String id, String source, Status status, String summary, String remedy) {}
