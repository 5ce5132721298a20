package dev.banger.bench;

/** The least that a Java program can be: the baseline of everything that starts one. */
public final class Hello {
  private Hello() {}

  public static void main(String[] args) {
    System.out.println("hello");
  }
}
