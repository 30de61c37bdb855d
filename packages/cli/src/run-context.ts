// What a command gets from the process that it runs in.

export interface RunContext {
  /** Working directory. */
  directory: string;
  /** Of the environment. */
  variables: Readonly<Record<string, string | undefined>>;
  /** Writes a line to standard output. */
  print(text: string): void;
  /** Code to end with when nothing goes wrong; 0 unless set. */
  setExitCode(code: number): void;
  /** Resolves when the process is told to stop (SIGINT, SIGTERM). */
  untilStopped(): Promise<void>;
}

export interface Stoppable {
  stop(): Promise<void>;
}

/** Keeps `running` going until the process is told to stop, then stops it. */
export async function runUntilStopped(context: RunContext, running: Stoppable): Promise<void> {
  await context.untilStopped();
  await running.stop();
}
