package org.byoemail.mistakes.outbound.camel;

/** Inside the feature: not for others. */
public class Adapter {}
