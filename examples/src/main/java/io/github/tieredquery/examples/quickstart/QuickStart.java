package io.github.tieredquery.examples.quickstart;

public final class QuickStart {
    private QuickStart() {}

    public static void main(String[] args) {}
}
