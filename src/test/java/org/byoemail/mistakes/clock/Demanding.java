package org.byoemail.mistakes.clock;

/** Asks for more than a constructor may. */
public class Demanding {
  Demanding(int one, int two, int three, int four, int five, int six, int seven, int eight) {}
}
