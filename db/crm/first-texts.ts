import type { ConsentPurpose } from '../schema/consents.ts'

/**
 * The consent texts a merchant begins with, version 1 in each language. Plain, true of what the product does, and
 * meant to be read by the merchant's own adviser before the first guest (PIPL 17, GDPR 13).
 */
export function firstTexts(
  merchantName: string,
): { purpose: ConsentPurpose; locale: 'en' | 'zh-CN'; label: string; text: string }[] {
  const name = merchantName.trim()
  return [
    {
      purpose: 'terms',
      locale: 'en',
      label: 'I accept the terms of use',
      text: `In short
You prove a number, you get Wi-Fi. Offers are a separate question; saying no changes nothing. You can see, correct and erase what is held about you at any time.

Who
${name} offers this Wi-Fi and decides what your data is used for.

Using the Wi-Fi
It is free, for the time shown, without a promise of speed. Do not break the law with it and do not harm other guests' devices. A connection may be ended.

What is kept, why, how long
Your number, your device’s address and when you were online: to let you in and because the law asks for a record of connections. The record is kept for six months. Your visits are kept while you are a guest here, so that you are recognised the next time. Nothing is sold or passed on, except where the law demands it.

Your rights
Open "My data" on this page to see, correct, take along or erase what is held about you, or ask at the counter.`,
    },
    {
      purpose: 'terms',
      locale: 'zh-CN',
      label: '我同意上网使用条款',
      text: `要点
验证手机号码后即可上网。优惠信息单独征求您的意见，不同意也不影响上网。您可以随时查看、更正和删除与您有关的信息。

谁在提供
本无线网络由 ${name} 提供，并由其决定如何处理您的信息。

如何使用
在页面所示时间内免费使用，不保证速度。请勿利用本网络从事违法活动，勿损害其他客人的设备。我们可以中断连接。

保存什么、为什么、多久
您的手机号码、设备地址和上网时间：用于让您上网，以及依法留存上网日志。日志保存六个月。在您仍是本店客人期间，我们保存您的到店记录，以便下次认出您。除法律要求外，不出售、不提供给他人。

您的权利
在本页打开“我的信息”，即可查看、更正、带走或删除您的信息，也可以在柜台提出。`,
    },
    {
      purpose: 'marketing',
      locale: 'en',
      label: `Send me ${name}’s offers by text`,
      text: `${name} may send you offers by text message, at most twice a month. You can stop at any time by replying STOP or on the page "My data". Your Wi-Fi does not depend on it.`,
    },
    {
      purpose: 'marketing',
      locale: 'zh-CN',
      label: `愿意接收${name}的优惠短信`,
      text: `${name} 可以向您发送优惠短信，每月最多两条。您可以随时回复“退订”或在“我的信息”中取消，不影响上网。`,
    },
  ]
}
