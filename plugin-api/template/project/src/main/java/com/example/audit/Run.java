package com.example.audit;

import java.time.Instant;
import java.util.Optional;

/** One run of a VM, from its start to its stop. */
record Run(Instant started, Optional<Instant> stopped, String kernel) {}
