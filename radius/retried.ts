/** Deadlocks and lost races are tried again; the statement is as good the second time. */
export async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const { code } = error as { code?: string }
      if (attempt === 4 || (code !== '40P01' && code !== '40001')) throw error
    }
  }
}
