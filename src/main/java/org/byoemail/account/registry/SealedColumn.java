package org.byoemail.account.registry;

/**
 * A column of sealed secrets, with the statements by which they are resealed.
 *
 * @param name of table and column, for logs
 * @param field what its secrets are bound to beside the id of their row
 * @param count returns {@code sealed}, how many begin with {@code :prefix}, and {@code total}
 * @param select returns {@code owner} and {@code sealed} of up to {@code :limit} rows that do not
 *     begin with {@code :prefix}, by the ids after {@code :after}, and locks them; passes over
 *     locked ones, so that it never waits for a change of them
 * @param update sets {@code :fresh} where row {@code :owner} still has {@code :sealed}, and changes
 *     nothing else
 */
public record SealedColumn(String name, String field, String count, String select, String update) {}
