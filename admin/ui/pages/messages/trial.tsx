import { useState } from 'preact/hooks'
import { Button } from '../../parts/button.tsx'
import { CopyBox } from '../../parts/copy-box.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icon.tsx'
import { useWords } from '../../words/index.ts'

const twilio = 'MESSENGER=twilio\nTWILIO_ACCOUNT_SID=AC…\nTWILIO_AUTH_TOKEN=…\nTWILIO_FROM=+1…'
const webhook = 'MESSENGER=webhook\nWEBHOOK_URL=https://…\nWEBHOOK_SECRET=…'

/** No provider is connected: says so, and how to change it. */
export function Trial() {
  const { messages: w, shared } = useWords()
  const [open, setOpen] = useState(false)
  return (
    <div class="trial">
      <Icon name="info" />
      <span>
        <b>{w.trial}</b> {w.trialHelp}
      </span>
      <button type="button" class="link end" onClick={() => setOpen(true)}>
        {w.trialDo}
      </button>
      {open && (
        <Dialog title={w.connectTitle} onClose={() => setOpen(false)} wide>
          <p class="two">{w.connectHelp}</p>
          <CopyBox title={w.connectTwilio} label={w.connectTwilio} text={twilio} />
          <CopyBox title={w.connectWebhook} label={w.connectWebhook} text={webhook} />
          <div class="do">
            <Button onClick={() => setOpen(false)}>{shared.close}</Button>
          </div>
        </Dialog>
      )}
    </div>
  )
}
