// A rejected promise nobody holds would end the process, or a measurement, silently.
async function stop(): Promise<boolean> {
  return await new Promise((resolve) => setTimeout(resolve, 1));
}

export async function floating(): Promise<void> {
  stop(); // refused: noFloatingPromises
  await stop();
}

export function misused(items: readonly string[]): string {
  if (stop()) return 'always'; // refused: noMisusedPromises
  // refused below: noForEach
  items.forEach(async () => {
    await stop();
  });
  return 'never';
}

export async function swallowed(): Promise<void> {
  try {
    await stop();
    // refused below: noEmptyBlockStatements
  } catch {}
}
