/** The plugin audit. {@link com.example.audit.AuditPlugin} is where to begin reading. */
package com.example.audit;
