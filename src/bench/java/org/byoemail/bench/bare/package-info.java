/** The application without content that {@code bench/run start} starts beside the gateway. */
package org.byoemail.bench.bare;
