/** Accounts as files: import and export, by the gateway and on the command line. */
@NullMarked
package org.byoemail.transfer;

import org.jspecify.annotations.NullMarked;
