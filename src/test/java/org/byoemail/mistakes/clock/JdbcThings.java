package org.byoemail.mistakes.clock;

/** Shows how its data is stored to everybody. */
public class JdbcThings {}
