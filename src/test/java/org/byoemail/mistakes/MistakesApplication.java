package org.byoemail.mistakes;

import org.springframework.modulith.Modulithic;

/**
 * An application whose features make, on purpose, the mistakes that the architecture tests catch.
 */
@Modulithic
public class MistakesApplication {}
