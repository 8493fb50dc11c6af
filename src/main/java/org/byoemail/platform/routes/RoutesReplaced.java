package org.byoemail.platform.routes;

/** The routes of at least one file were added, replaced or removed while the program runs. */
public record RoutesReplaced() {}
