package com.example.audit;

import java.nio.file.Path;

/**
 * What {@link LogStep} needs to take back what it made.
 *
 * <p>Stored with the VM, and read by later versions of this plugin too: whoever changes it raises
 * {@code receiptVersion} of the step and overrides {@code upgrade}.
 *
 * @param mark the file that says that the VM runs
 * @param run the entry in the log
 */
record LogReceipt(Path mark, String run) {}
