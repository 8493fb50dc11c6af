/**
 * What all areas stand on and none owns: {@code conversation} (messages, contents), {@code event}
 * (the transactional outbox), {@code lease} (who watches what), {@code access} (keys, logins,
 * limits of requests), {@code search}, {@code health}. Uses {@code format} only.
 */
@NullMarked
package org.byoemail.platform;

import org.jspecify.annotations.NullMarked;
